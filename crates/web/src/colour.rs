//! Team colours for lines, adjusted as little as possible to be visible on both grounds.

/// Smallest relative luminance with a contrast of 3:1 on near-black.
const DARKEST: f64 = 0.125;
/// Largest relative luminance with a contrast of 3:1 on paper-white.
const LIGHTEST: f64 = 0.28;

/// `colour` (`#rrggbb`), or its nearest visible shade where it is too dark or too light.
pub(crate) fn visible(colour: &str) -> Option<String> {
    let channels = parse(colour)?.map(linear);
    let light = luminance(channels);
    let seen = if light > LIGHTEST {
        channels.map(|channel| channel * LIGHTEST / light)
    } else if light < DARKEST {
        let white = (DARKEST - light) / (1.0 - light);
        channels.map(|channel| channel + (1.0 - channel) * white)
    } else {
        channels
    };
    let hex: String = seen
        .map(|channel| format!("{:02x}", encoded(channel)))
        .concat();
    Some(format!("#{hex}"))
}

fn parse(colour: &str) -> Option<[u8; 3]> {
    let digits = colour.strip_prefix('#').filter(|text| text.len() == 6)?;
    let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.04045 {
        share / 12.92
    } else {
        ((share + 0.055) / 1.055).powf(2.4)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded and clamped to a byte"
)]
fn encoded(channel: f64) -> u8 {
    let share = if channel <= 0.003_130_8 {
        channel * 12.92
    } else {
        1.055 * channel.powf(1.0 / 2.4) - 0.055
    };
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

fn luminance([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: &str, b: &str) -> f64 {
        let light = |colour| luminance(parse(colour).unwrap().map(linear)) + 0.05;
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_colour_is_visible_on_both_grounds() {
        for colour in [
            "#ffffff", "#000000", "#ff8000", "#27f4d2", "#003f87", "#fff500", "#9c9fa2",
        ] {
            let shown = visible(colour).unwrap();
            for ground in ["#fbfaf8", "#131416"] {
                assert!(contrast(&shown, ground) >= 3.0, "{colour} {shown} {ground}");
            }
        }
        assert_eq!(visible("#e8002d").as_deref(), Some("#e8002d"), "as it is");
        assert_eq!(visible("red"), None);
    }
}
