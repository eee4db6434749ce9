//! The floors of the yardstick on the Weimar Jazz Database, where it lies beside the checkout.

use std::path::Path;

use sideman_corpus::library::{NamedBytes, gather};
use sideman_corpus::{Catalogue, Side, Split};
use sideman_improv::floor::Floors;

#[test]
fn the_floors_are_those_that_are_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/wjazzd");
    let read = |name: &str| std::fs::read(folder.join(name));
    let (Ok(database), Ok(list)) = (read("wjazzd.db.gz"), read("split.json")) else {
        return println!("skipped: there is no {}", folder.display());
    };
    let source = NamedBytes { name: "wjazzd.db.gz".into(), bytes: Ok(database) };
    let pieces = gather(std::iter::once(source), 1, |_| {}).pieces;
    let split = Split::listed(&Catalogue::of(&pieces), &String::from_utf8(list).unwrap()).unwrap();
    let on = |side| split.pieces(&pieces, side);
    let floors = Floors::new(on(Side::Train), on(Side::Validation)).unwrap();
    println!("{floors}");
    assert_eq!(floors.notes, 15_597);
    let known = [
        (floors.ioi, [2.39, 1.95, 1.85, 1.86]),
        (floors.ioi_in_place, [1.92, 1.66, 1.64, 1.71]),
        (floors.ioi_told, [1.21, 1.17, 1.22, 1.31]),
        (floors.interval, [2.57, 2.44, 2.38, 2.42]),
        (floors.hold, [1.47, 1.46, 1.43, 1.48]),
    ];
    for (got, nats) in known.iter().flat_map(|(got, known)| got.iter().zip(known)) {
        assert!((got / nats - 1.0).abs() < 0.02, "{got}, known {nats}");
    }
    assert!((floors.best() / 4.02 - 1.0).abs() < 0.02);
    assert!((floors.best_of_all() / 4.98 - 1.0).abs() < 0.01);
}
