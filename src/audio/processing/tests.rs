use super::super::testing::{Random, align, correlation, voice};
use super::*;

type Tick = [f32; TICK_SAMPLES];

fn level(sound: &[f32]) -> f64 {
    let energy = sound.iter().map(|s| f64::from(s * s)).sum::<f64>() / sound.len().max(1) as f64;
    10.0 * (energy + 1e-12).log10()
}

/// A room: a direct way and 60 ms of decaying reflections, `delay_ms` late.
fn room(sound: &[f32], delay_ms: usize, gain: f32) -> Vec<f32> {
    let mut random = Random(11);
    let mut taps = vec![(0usize, gain)];
    for k in 1..40 {
        let at = k * 72 + (random.next() * 60.0) as usize;
        taps.push((at, gain * 0.6 * (random.next() as f32 * 2.0 - 1.0) * (-(at as f32) / 960.0).exp()));
    }
    let mut out = vec![0.0; sound.len()];
    for (at, g) in taps {
        for (o, s) in out.iter_mut().skip(at + delay_ms * 48).zip(sound) {
            *o += g * s;
        }
    }
    out
}

fn noise(samples: usize, dbfs: f64) -> Vec<f32> {
    let mut random = Random(5);
    let mut last = 0.0;
    let mut out: Vec<f32> = (0..samples)
        .map(|_| {
            last = 0.8 * last + random.next() as f32 - 0.5;
            last
        })
        .collect();
    let gain = 10f64.powf((dbfs - level(&out)) / 20.0) as f32;
    out.iter_mut().for_each(|s| *s *= gain);
    out
}

fn add(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn wish(echo: EchoCancel, noise: Noise, gain: bool) -> Wish {
    Wish { echo: Some(echo), noise: Some(noise), gain: Some(gain) }
}

/// What comes out, and in which ticks a voice was found.
fn run(processing: &mut Processing, far: &[f32], near: &[f32]) -> (Vec<f32>, Vec<bool>) {
    let (mut out, mut voice) = (Vec::new(), Vec::new());
    for (far, near) in far.as_chunks::<TICK_SAMPLES>().0.iter().zip(near.as_chunks::<TICK_SAMPLES>().0) {
        let far: &Tick = far;
        let (sound, heard) = processing.captured(near);
        out.extend_from_slice(sound);
        voice.push(heard.unwrap_or(false));
        processing.played(far);
    }
    (out, voice)
}

fn loudspeaker() -> Processing {
    let mut p = Processing::default();
    p.set_devices(Devices { microphone: true, headset: false });
    p
}

#[test]
fn devices_choose_and_the_user_decides() {
    let mut p = Processing::default();
    assert_eq!(p.active(), Active::NOTHING, "a file");
    p.set_devices(Devices { microphone: true, headset: false });
    assert_eq!(p.active(), Active { echo: true, noise: Noise::On, gain: true });
    p.set_devices(Devices { microphone: true, headset: true });
    assert_eq!(p.active(), Active { echo: false, noise: Noise::On, gain: true });
    p.wish(Wish { echo: Some(EchoCancel::On), ..Wish::default() });
    p.wish(Wish { noise: Some(Noise::Off), ..Wish::default() });
    assert_eq!(p.active(), Active { echo: true, noise: Noise::Off, gain: true });
    p.wish(wish(EchoCancel::Auto, Noise::Strong, false));
    assert_eq!(p.active(), Active { echo: false, noise: Noise::Strong, gain: false });
    p.set_devices(Devices::default());
    assert_eq!(p.active(), Active { echo: false, noise: Noise::Strong, gain: false }, "what was asked for holds for files too");
}

#[test]
fn a_file_and_a_headset_without_the_rest_pass_unchanged() {
    let sound = voice(1);
    let mut headset = Processing::default();
    headset.set_devices(Devices { microphone: true, headset: true });
    headset.wish(Wish { noise: Some(Noise::Off), gain: Some(false), ..Wish::default() });
    for mut p in [Processing::default(), headset] {
        let (out, _) = run(&mut p, &sound, &sound);
        assert_eq!(out, sound);
    }
}

#[test]
fn numbers_that_are_none_become_silence() {
    let mut p = loudspeaker();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (out, _) = p.captured(&[bad; TICK_SAMPLES]);
        assert!(out.iter().all(|s| s.is_finite()));
        p.played(&[0.1; TICK_SAMPLES]);
    }
    let sound = voice(3);
    let (out, _) = run(&mut p, &vec![0.0; sound.len()], &sound);
    assert!(level(&out[96_000..]) > -40.0, "a voice is heard afterwards");
}

#[test]
fn the_echo_is_gone_after_three_seconds_at_any_delay_and_never_louder_than_without() {
    let far = voice(6);
    // Nothing is heard sooner than a tick after it was handed to the ring.
    for delay in [20, 40, 250] {
        let near = add(&room(&far, delay, 0.25), &noise(far.len(), -70.0));
        let (out, _) = run(&mut loudspeaker(), &far, &near);
        for second in 0..6 {
            let part = second * 48_000..(second + 1) * 48_000;
            let (before, after) = (level(&near[part.clone()]), level(&out[part]));
            println!("{delay} ms, second {second}: {before:.1} -> {after:.1} dBFS");
            assert!(after < before, "{delay} ms, second {second}: {before:.1} -> {after:.1} dBFS");
        }
        let (before, after) = (level(&near[3 * 48_000..]), level(&out[3 * 48_000..]));
        assert!(after < before - 22.0, "{delay} ms: {before:.1} -> {after:.1} dBFS");
    }
}

#[test]
fn a_near_voice_survives_while_the_far_one_speaks() {
    let far = voice(9);
    // Another voice: the same kind backwards, at its usual level, from the fifth second on.
    let mut talk: Vec<f32> = voice(9).into_iter().rev().collect();
    talk[..5 * 48_000].fill(0.0);
    let near = add(&add(&room(&far, 40, 0.12), &talk), &noise(far.len(), -70.0));
    let mut p = loudspeaker();
    p.wish(Wish { noise: Some(Noise::Off), gain: Some(false), ..Wish::default() });
    let (out, _) = run(&mut p, &far, &near);
    let part = &talk[6 * 48_000..8 * 48_000];
    let (lag, alike) = align(part, &out[6 * 48_000..], 960);
    let heard = &out[6 * 48_000 + lag..8 * 48_000 + lag];
    println!("{:.1} -> {:.1} dBFS, correlation {alike:.3} after {lag} samples", level(part), level(heard));
    assert!(alike > 0.8 && level(heard) > level(part) - 6.0);
    assert!(correlation(part, heard, 1) > 0.8);
}

#[test]
fn a_quiet_voice_is_raised_and_the_first_second_is_no_burst() {
    let quiet: Vec<f32> = voice(12).iter().map(|s| s * 0.02).collect();
    let near = add(&quiet, &noise(quiet.len(), -75.0));
    let (out, _) = run(&mut loudspeaker(), &vec![0.0; near.len()], &near);
    let second = |k: usize| k * 48_000..(k + 1) * 48_000;
    println!("{:?}", (0..12).map(|k| (level(&out[second(k)]) - level(&near[second(k)])).round()).collect::<Vec<_>>());
    assert!(level(&out[second(0)]) < level(&near[second(0)]) + 6.0);
    let (before, after) = (level(&near[9 * 48_000..]), level(&out[9 * 48_000..]));
    assert!(before < -40.0 && after > before + 10.0, "{before:.1} -> {after:.1} dBFS");
}

#[test]
fn noise_is_lowered_and_the_voice_in_it_is_not() {
    let clean = voice(8);
    let hiss = noise(clean.len(), -45.0);
    let near = add(&clean, &hiss);
    let mut p = loudspeaker();
    p.wish(Wish { gain: Some(false), ..Wish::default() });
    // Four seconds of noise alone, then the voice in it.
    let (alone, _) = run(&mut p, &vec![0.0; hiss.len()], &hiss);
    let (out, _) = run(&mut p, &vec![0.0; near.len()], &near);
    let (before, after) = (level(&hiss[4 * 48_000..]), level(&alone[4 * 48_000..]));
    println!("noise {before:.1} -> {after:.1} dBFS, voice {:.1} -> {:.1}", level(&near), level(&out));
    assert!(after < before - 8.0);
    assert!(level(&out) > level(&clean) - 3.0);
}

#[test]
fn what_the_microphone_did_not_give_leaves_the_canceller_alone() {
    let far = voice(8);
    let near = add(&room(&far, 40, 0.25), &noise(far.len(), -70.0));
    let mut p = loudspeaker();
    run(&mut p, &far[..4 * 48_000], &near[..4 * 48_000]);
    // Muted for five seconds; what is played then is not followed.
    for tick in far[..5 * 48_000].as_chunks::<TICK_SAMPLES>().0 {
        p.nothing_captured();
        p.played(tick);
    }
    let (out, _) = run(&mut p, &far[4 * 48_000..], &near[4 * 48_000..]);
    let part = 48_000..2 * 48_000;
    let reduced = level(&near[4 * 48_000..][part.clone()]) - level(&out[part]);
    println!("{reduced:.1} dB");
    assert!(reduced > 20.0);
}

#[test]
fn a_voice_is_found_in_noise_and_noise_is_none() {
    use conclave_lab::speech;
    let Some(path) = speech::sentence("Please look at the second page, where the figures of the last months are.", "en+f3")
    else {
        return conclave_lab::skip("a voice in noise", "espeak-ng is not installed");
    };
    let mut clean = vec![0.0; 3 * 48_000];
    clean.extend(speech::read(&path));
    let near = add(&clean, &noise(clean.len(), level(&clean[3 * 48_000..]) - 5.0));
    let (_, found) = run(&mut loudspeaker(), &vec![0.0; near.len()], &near);
    let loud: Vec<bool> = clean.as_chunks::<TICK_SAMPLES>().0.iter().map(|t| level(t) > -30.0).collect();
    let share = |part: &mut dyn Iterator<Item = bool>| {
        let (n, yes) = part.fold((0, 0), |(n, yes), x| (n + 1, yes + u32::from(x)));
        f64::from(yes) / f64::from(n.max(1))
    };
    let voice = share(&mut loud.iter().zip(&found).filter(|(loud, _)| **loud).map(|(_, f)| *f));
    let false_ones = share(&mut found[..300].iter().copied());
    println!("found {voice:.2}, in noise alone {false_ones:.2}");
    assert!(voice > 0.8 && false_ones < 0.1, "{voice:.2} {false_ones:.2}");
}
