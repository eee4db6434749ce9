use super::*;
use crate::line::testing::pieces;

fn background() -> Background {
    Background::of(&Catalogue::of(&pieces()), &pieces())
}

#[test]
fn the_most_frequent_names_come_first() {
    let background = background();
    assert_eq!(background.styles, ["SWING", "WALTZ"]);
    assert_eq!(background.performers, ["Ann Alto", "Bo Bari"]);
    assert_eq!(background.style("WALTZ"), Some(1));
    assert_eq!(background.style("TANGO"), None);
    for name in ["Bo Bari", "bari", " BO BARI "] {
        assert_eq!(background.performer(name), Some(1), "{name:?}");
    }
    assert_eq!(background.performer("Bo"), None);
}

#[test]
fn names_of_others_are_added_behind() {
    let mut others = pieces();
    others[0].credits.performer = "Cy Clarinet".into();
    let background = background().and_names_of(&Catalogue::of(&others));
    assert_eq!(background.performers, ["Ann Alto", "Bo Bari", "Cy Clarinet"]);
    assert!(background.check().is_ok());
    let many = vec![String::new(); STYLES + 1];
    assert!(Background { styles: many, ..background }.check().is_err());
}

#[test]
fn a_piece_is_conditioned_by_what_it_is() {
    let (background, pieces) = (background(), pieces());
    let told = background.conditioning(&pieces[1]);
    assert_eq!(
        (told.style, told.performer, told.instrument),
        (Some(1), Some(1), pieces[1].credits.instrument)
    );
    assert_eq!(told.tempo, None);
    assert_eq!(background.conditioning(&pieces[2]).tempo, Some(220));
    let densities = pieces.iter().map(|piece| background.conditioning(piece).controls.density);
    assert!(densities.flatten().max() > Some(5), "the densest of three is above the middle");
    let silent = Piece { solo: None, ..pieces[0].clone() };
    assert_eq!(background.conditioning(&silent).controls, Controls::default());
}

#[test]
fn farther_from_what_is_asked_for_is_worse() {
    let (background, piece) = (background(), &pieces()[0]);
    let solo = piece.solo.as_ref().unwrap();
    let of = |controls: &Controls<Option<u8>>| background.missed(&piece.sheet, solo, controls);
    let rank = background.controls.density.as_ref().unwrap();
    let own = rank.rank(Control::Density.of(&piece.sheet, solo).unwrap()) as u8;
    let asked = |percentile| of(&Controls { density: Some(percentile), ..Controls::default() });
    assert_eq!((of(&Controls::default()), asked(own)), (0.0, 0.0));
    assert!(asked(own.abs_diff(100)) > 0.0);
}

#[test]
fn it_survives_a_file() {
    let background = background();
    let json = serde_json::to_string(&background).unwrap();
    assert!(json.contains("\"knobs\":["), "models of before can be read");
    let again: Background = serde_json::from_str(&json).unwrap();
    assert_eq!((again.controls, again.styles), (background.controls, background.styles));
}
