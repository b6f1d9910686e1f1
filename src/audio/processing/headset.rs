//! Whether what is played reaches the microphone, guessed from the names that sound systems give their devices.

/// Parts of names that only what is worn has, in the languages that sound systems speak where names are translated.
const WORN: [&str; 12] = [
    "headset",
    "head-set",
    "headphone",
    "earphone",
    "earbud",
    "earpods",
    "airpods",
    "handsfree",
    "hands-free",
    "kopfh",
    "casque",
    "auricular",
];
/// How Bluetooth devices begin on PulseAudio and PipeWire.
const BLUETOOTH: &str = "bluez";

/// Whether the loudspeaker is worn at the ear: no echo. A wrong yes lets echo through, a wrong no costs a little voice, so
/// doubt is a no.
pub fn is_headset(microphone: &str, loudspeaker: &str) -> bool {
    let (microphone, loudspeaker) = (microphone.to_lowercase(), loudspeaker.to_lowercase());
    // A Bluetooth loudspeaker stands on a table; one whose microphone is in use too is worn, nearly always.
    let bluetooth = match (address(&microphone), address(&loudspeaker)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    };
    bluetooth || WORN.iter().any(|word| loudspeaker.contains(word))
}

/// The address in `bluez_sink.AA_BB_CC_DD_EE_FF.a2dp_sink` or `bluez_output.AA_BB_CC_DD_EE_FF.1`.
fn address(name: &str) -> Option<String> {
    let (_, rest) = name.strip_prefix(BLUETOOTH)?.split_once('.')?;
    let address = rest.split('.').next()?;
    // PipeWire writes colons where PulseAudio writes underlines.
    (address.len() == 17).then(|| address.replace(':', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worn_is_told_from_what_stands() {
        for (microphone, loudspeaker, worn) in [
            ("alsa_input.pci-0000_00_1f.3.analog-stereo", "alsa_output.pci-0000_00_1f.3.analog-stereo", false),
            ("alsa_input.usb-Logitech_USB_Headset-00.mono", "alsa_output.usb-Logitech_USB_Headset-00.analog-stereo", true),
            ("Built-in Microphone", "Headphones (HDA Intel PCH)", true),
            ("bluez_input.00:1B:66:AA:BB:CC", "bluez_output.00_1B_66_AA_BB_CC.1", true),
            ("bluez_source.00_1B_66_AA_BB_CC.handsfree_head_unit", "bluez_sink.00_1B_66_AA_BB_CC.handsfree_head_unit", true),
            ("alsa_input.usb-Webcam-02.mono", "bluez_sink.00_1B_66_AA_BB_CC.a2dp_sink", false),
            ("alsa_input.usb-Logitech_USB_Headset-00.mono", "alsa_output.pci-0000_00_1f.3.hdmi-stereo", false),
            ("", "", false),
            ("bluez", "bluez.", false),
        ] {
            assert_eq!(is_headset(microphone, loudspeaker), worn, "{microphone} {loudspeaker}");
        }
    }
}
