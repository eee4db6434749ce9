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
    let all: Vec<&Piece> = pieces.iter().collect();
    let model = sideman_improv::line::settled(
        model,
        if a.get(4).is_some() { &all } else { &t },
        a[3].parse().unwrap(),
        1,
        |round| {
            eprintln!("round {round} {:?}", start.elapsed());
            std::ops::ControlFlow::Continue(())
        },
    )
    .unwrap();
    std::fs::write(&a[2], model.to_bytes(Precision::Half).unwrap()).unwrap();
}
