//! Reference values from an independent implementation of the model.

use model::{distribution::Positions, specification::R2};

#[test]
fn win_chances_of_five_cars_match_the_reference() {
    let eta = [2.0, 1.0, 0.5, 0.0, -1.0];
    let retirement = [0.1, 0.2, 0.05, 0.3, 0.15];
    let positions = Positions::mixture(&eta, &retirement, R2.mixture);
    for (car, expected) in [0.64470, 0.18911, 0.11855, 0.03721, 0.01042]
        .into_iter()
        .enumerate()
    {
        let win = positions.car(car)[0];
        assert!(
            (win - expected).abs() < 2e-4,
            "car {car}: {win} is not {expected}"
        );
    }
}
