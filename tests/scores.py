"""Scores many recordings in one process: models are loaded once.

Usage: scores.py < JOBS   one JSON object per line on standard input, one JSON object per line on standard output, in order.

A job: {"reference": WAV, "recording": WAV, "metrics": [...], "text": "what is said", "sentences": ["all that may be said"],
        "far": WAV}
Metrics:
  visqol   ViSQOL v3 in speech mode, 1 to 5 (needs the reference)
  pesq     PESQ wide band (ITU-T P.862.2), 1 to 4.64 (needs the reference)
  plcmos   PLCMOS v2, 1 to 5
  dnsmos   DNSMOS P.835: sig, bak, ovr, 1 to 5
  words    words recognised in the recording by pocketsphinx, relative to those in the reference, English only (needs text)
  aecmos   AECMOS, far-end single talk: echo, and deg of what is near, 1 to 5 (far = what the loudspeaker plays, reference = what
           the microphone takes, recording = what is sent; not aligned, for all three run on one clock)
All WAV files have 16 bits and 48 kHz or 16 kHz, and are scored at 16 kHz. The recording is aligned by cross-correlation first, as
a whole and then each of its parts of about 10 s, which begin and end in pauses; scores are means over the parts.
"""
import json
import math
import os
import re
import sys
import tempfile
import wave
from collections import Counter

import numpy as np

RATE = 16000
PART = 10 * RATE


def read(path):
    with wave.open(path) as w:
        if w.getsampwidth() != 2:
            raise ValueError(f"{path} is not 16 bit")
        x = np.frombuffer(w.readframes(w.getnframes()), dtype="<i2").astype(np.float64) / 32768
        x = x.reshape(-1, w.getnchannels()).mean(axis=1)
        rate = w.getframerate()
    if rate == RATE:
        return x
    if rate != 48000:
        raise ValueError(f"{path} has {rate} Hz")
    taps = np.arange(-96, 97)
    fir = np.sinc(taps / 3) * np.hamming(len(taps)) / 3
    return np.convolve(x, fir, mode="same")[::3]


def correlate(haystack, needle):
    """The best lag of needle in haystack (may be negative), and the normalised correlation there."""
    n = 1 << (len(haystack) + len(needle)).bit_length()
    c = np.fft.irfft(np.fft.rfft(haystack, n) * np.conj(np.fft.rfft(needle, n)), n)
    lag = int(np.argmax(c))
    lag = lag - n if lag > n // 2 else lag
    piece = cut(haystack, lag, len(needle))
    norm = np.linalg.norm(piece) * np.linalg.norm(needle)
    return lag, float(np.dot(piece, needle) / norm) if norm > 0 else 0.0


def cut(x, start, length):
    """A piece, with silence where there is nothing."""
    piece = np.zeros(length)
    begin, end = max(start, 0), min(start + length, len(x))
    if end > begin:
        piece[begin - start : end - start] = x[begin:end]
    return piece


def parts(reference):
    """Where to cut: each about 10 s, in the quietest 200 ms within 1.5 s."""
    edges, window = [0], RATE // 5
    energy = np.convolve(reference**2, np.ones(window), mode="same")
    while len(reference) - edges[-1] > PART * 3 // 2:
        middle = edges[-1] + PART
        low = middle - RATE * 3 // 2
        edges.append(low + int(np.argmin(energy[low : middle + RATE * 3 // 2])))
    edges.append(len(reference))
    return list(zip(edges, edges[1:]))


def aligned(reference, recording):
    """Pairs of parts, of the same length."""
    lag, correlation = correlate(recording, reference)
    pairs = []
    for begin, end in parts(reference):
        part = reference[begin:end]
        if np.sqrt(np.mean(part**2)) < 1e-3:
            continue
        around = cut(recording, begin + lag - RATE, end - begin + 2 * RATE)
        pairs.append((part, cut(around, correlate(around, part)[0], len(part))))
    return lag, correlation, pairs


def silent(x):
    """Nothing is heard in it: the worst score, which the models cannot give."""
    return np.sqrt(np.mean(x**2)) < 1e-5


def visqol(pairs):
    from visqol import VisqolApi

    global _visqol
    if "_visqol" not in globals():
        _visqol = VisqolApi()
        _visqol.create(mode="speech")
    scores = []
    for reference, recording in pairs:
        if silent(recording):
            scores.append(1.0)
            continue
        with tempfile.TemporaryDirectory() as directory:
            paths = [os.path.join(directory, n) for n in ("a.wav", "b.wav")]
            for path, x in zip(paths, (reference, recording)):
                with wave.open(path, "wb") as w:
                    w.setnchannels(1), w.setsampwidth(2), w.setframerate(RATE)
                    w.writeframes((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes())
            scores.append(_visqol.measure(*paths).moslqo)
    return {"visqol": float(np.mean(scores))}


def pesq(pairs):
    from pesq import NoUtterancesError
    from pesq import pesq as run

    def one(reference, recording):
        try:
            return run(RATE, reference, recording, "wb")
        except NoUtterancesError:
            return 1.0  # nothing was heard

    return {"pesq": float(np.mean([1.0 if silent(p[1]) else one(*p) for p in pairs]))}


def whole(x):
    return np.clip(x, -1, 1).astype(np.float32)


def plcmos(pairs):
    from speechmos import plcmos as model

    np.random.seed(1)  # it embeds at random places
    return {"plcmos": float(np.mean([1.0 if silent(r) else model.run(whole(r), sr=RATE)["plcmos"] for _, r in pairs]))}


def dnsmos(pairs):
    from speechmos import dnsmos as model

    all_ = [model.run(whole(r), sr=RATE) for _, r in pairs]
    return {k: float(np.mean([a[f"{v}_mos"] for a in all_])) for k, v in (("sig", "sig"), ("bak", "bak"), ("ovr", "ovrl"))}


def tokens(text):
    return re.findall(r"[a-z']+", text.lower())


def language(sentences, path):
    """A bigram model (ARPA) of what may be said, with absolute discounting: words may come in any order, at a price."""
    one, two, discount = Counter(), Counter(), 0.5
    for s in sentences:
        w = ["<s>", *tokens(s), "</s>"]
        one.update(w)
        two.update(zip(w, w[1:]))
    total = sum(c for w, c in one.items() if w != "<s>")
    after, kinds = Counter(), Counter()
    for (a, _), c in two.items():
        after[a] += c
        kinds[a] += 1
    with open(path, "w") as f:
        f.write(f"\\data\\\nngram 1={len(one)}\nngram 2={len(two)}\n\n\\1-grams:\n")
        for w, c in sorted(one.items()):
            weight = discount * kinds[w] / after[w] if after[w] else 1
            f.write(f"{-99 if w == '<s>' else math.log10(c / total):.4f} {w} {math.log10(weight):.4f}\n")
        f.write("\n\\2-grams:\n")
        for (a, b), c in sorted(two.items()):
            p = (c - discount) / after[a] + discount * kinds[a] / after[a] * one[b] / total
            f.write(f"{math.log10(p):.4f} {a} {b}\n")
        f.write("\n\\end\\\n")


def common(a, b):
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for j, y in enumerate(b):
            here = row[j + 1]
            row[j + 1] = before + 1 if x == y else max(row[j + 1], row[j])
            before = here
    return row[-1]


_decoders, _clean = {}, {}


def recognised(x, sentences):
    from pocketsphinx import Decoder

    key = "\n".join(sentences)
    if key not in _decoders:
        with tempfile.NamedTemporaryFile("w", suffix=".lm") as f:
            language(sentences, f.name)
            _decoders[key] = Decoder(samprate=RATE, loglevel="FATAL", lm=f.name)
    decoder = _decoders[key]
    # Digital silence is nothing that the acoustic model knows.
    x = np.concatenate([np.zeros(RATE // 4), x, np.zeros(RATE // 4)])
    x = x + 3e-4 * np.random.default_rng(1).standard_normal(len(x))
    decoder.start_utt()
    decoder.process_raw((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return re.sub(r"\(\d\)", "", hypothesis.hypstr).split() if hypothesis else []


def words(pairs, job):
    said, sentences = tokens(job["text"]), job.get("sentences") or [job["text"]]

    def count(side):
        return common([w for p in pairs for w in recognised(p[side], sentences)], said)

    key = job["reference"], job["text"]
    if key not in _clean:
        _clean[key] = count(0)
    clean = _clean[key]
    return {"words": min(count(1) / clean, 1.0) if clean else 0.0, "words_clean": clean / max(len(said), 1)}


def aecmos(job):
    from speechmos import aecmos as model

    x = [read(job[k]) for k in ("far", "reference", "recording")]
    n = min(map(len, x))
    far, near, sent = (whole(y[:n]) for y in x)
    score = model.run({"lpb": far, "mic": near, "enh": sent}, sr=RATE, talk_type="st")
    return {"echo": float(score["echo_mos"]), "deg": float(score["deg_mos"])}


def score(job):
    metrics, result = job["metrics"], {}
    if "aecmos" in metrics:
        result |= aecmos(job)
    if metrics == ["aecmos"]:
        return result
    lag, correlation, pairs = aligned(read(job["reference"]), read(job["recording"]))
    result |= {"lag_ms": lag / RATE * 1000, "correlation": correlation}
    for metric in (visqol, pesq, plcmos, dnsmos):
        if metric.__name__ in metrics:
            result |= metric(pairs)
    return result | words(pairs, job) if "words" in metrics else result


if __name__ == "__main__":
    for line in sys.stdin:
        try:
            answer = score(json.loads(line))
        except (OSError, ValueError, KeyError) as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), flush=True)
