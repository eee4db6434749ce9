//! Tells linkers that want to be told that Python's symbols come from whoever imports the module.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
