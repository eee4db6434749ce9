use sideman_corpus::{Library, Piece, Side, Split};
use sideman_improv::line::LineModel;
use sideman_lstm::Precision;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let model = LineModel::from_bytes(&std::fs::read(&a[1]).unwrap()).unwrap();
    let pieces = Library::from_bytes(&std::fs::read("/tmp/w/p/wj.sideman").unwrap()).unwrap().pieces;
    let split =
        Split::listed(&pieces, &std::fs::read_to_string("/work/shared/data/wjazzd/split.json").unwrap())
            .unwrap();
    let t: Vec<&Piece> = split.pieces(&pieces, Side::Train).collect();
    let start = std::time::Instant::now();
    let model = model.settled(&t, a[3].parse().unwrap(), 1, |round| {
        eprintln!("round {round} {:?}", start.elapsed());
        std::ops::ControlFlow::Continue(())
    });
    std::fs::write(&a[2], model.to_bytes(Precision::Single).unwrap()).unwrap();
}
