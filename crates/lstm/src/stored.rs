//! A network's parameters in a file, with PyTorch's names and gate order.

use crate::Error;
use crate::kernel::InstructionSet;
use crate::layout::{Layout, ParameterKind, ParameterMatrix};
use crate::tensors::{Floats, TensorFile};
use crate::weight_source::FileWeight;

/// Whether a parameter is there, with its shape, and every value is a finite number.
pub(crate) fn check(file: &TensorFile, parameter: &ParameterMatrix) -> Result<(), Error> {
    let mut finite = floats(file, parameter)?.finite();
    if parameter.kind == ParameterKind::GateBias {
        file.floats(&parameter.second_bias(), &[parameter.columns])?;
        finite = read(file, parameter)?.iter().all(|x| x.is_finite());
    }
    let name = &parameter.name;
    let error = || Error::checkpoint(format!("tensor \"{name}\" holds values that are no numbers"));
    finite.then_some(()).ok_or_else(error)
}

/// A parameter's numbers where they lie; a weight is transposed there.
fn floats<'a>(file: &'a TensorFile, parameter: &ParameterMatrix) -> Result<Floats<'a>, Error> {
    let (rows, columns) = (parameter.rows, parameter.columns);
    match parameter.kind {
        ParameterKind::Table => file.floats(&parameter.name, &[rows, columns]),
        ParameterKind::Weight => file.floats(&parameter.name, &[columns, rows]),
        ParameterKind::Bias | ParameterKind::GateBias => file.floats(&parameter.name, &[columns]),
    }
}

/// A weight where it lies.
pub(crate) fn weight<'a>(file: &'a TensorFile, parameter: &ParameterMatrix) -> Result<FileWeight<'a>, Error> {
    Ok(FileWeight::new(floats(file, parameter)?, parameter.rows))
}

/// Reads one parameter as it is in memory; an LSTM's two biases are added.
pub(crate) fn read(file: &TensorFile, parameter: &ParameterMatrix) -> Result<Vec<f32>, Error> {
    let mut values = vec![0.0; parameter.range().len()];
    read_to(file, parameter, &mut values)?;
    Ok(values)
}

/// Reads all parameters of a file whose parameters have been checked.
pub(crate) fn read_all(file: &TensorFile, layout: &Layout) -> Result<Vec<f32>, Error> {
    let mut values = vec![0.0; layout.len()];
    for parameter in &layout.parameters {
        read_to(file, parameter, &mut values[parameter.range()])?;
    }
    Ok(values)
}

fn read_to(file: &TensorFile, parameter: &ParameterMatrix, to: &mut [f32]) -> Result<(), Error> {
    let isa = InstructionSet::detect();
    if parameter.kind == ParameterKind::Weight {
        weight(file, parameter)?.read_all(isa, parameter.columns, to);
        return Ok(());
    }
    floats(file, parameter)?.read(isa, 0, to);
    if parameter.kind == ParameterKind::GateBias {
        let mut second = vec![0.0; parameter.columns];
        file.floats(&parameter.second_bias(), &[parameter.columns])?.read(isa, 0, &mut second);
        to.iter_mut().zip(second).for_each(|(a, b)| *a += b);
    }
    Ok(())
}
