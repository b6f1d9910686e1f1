"""How well a recording carries a sentence: PESQ wide-band (ITU-T P.862.2) after alignment by cross-correlation.

Usage: score.py REFERENCE.wav RECORDING.wav [OTHER.wav]
Prints one JSON object: pesq, lag_ms (where the sentence begins in the recording), correlation with the reference, and, if
OTHER is given, the best correlation with it anywhere in the recording (a sentence that must not be there).
"""
import json
import sys
import wave

import numpy as np
from pesq import pesq


def read(path):
    with wave.open(path) as w:
        assert w.getsampwidth() == 2, f"{path} is not 16 bit"
        x = np.frombuffer(w.readframes(w.getnframes()), dtype="<i2").astype(np.float64) / 32768
        x = x.reshape(-1, w.getnchannels()).mean(axis=1)
        rate = w.getframerate()
    assert rate == 48000, f"{path} has {rate} Hz"
    taps = np.arange(-96, 97)
    fir = np.sinc(taps / 3) * np.hamming(len(taps)) / 3
    return np.convolve(x, fir, mode="same")[::3]


def correlate(haystack, needle):
    """The best lag of needle in haystack, and the normalised correlation there."""
    n = 1 << (len(haystack) + len(needle)).bit_length()
    c = np.fft.irfft(np.fft.rfft(haystack, n) * np.conj(np.fft.rfft(needle, n)), n)[: len(haystack)]
    lag = int(np.argmax(c))
    piece = haystack[lag : lag + len(needle)]
    norm = np.linalg.norm(piece) * np.linalg.norm(needle[: len(piece)])
    return lag, float(np.dot(piece, needle[: len(piece)]) / norm) if norm > 0 else 0.0


reference, recording = read(sys.argv[1]), read(sys.argv[2])
lag, correlation = correlate(recording, reference)
piece = recording[lag : lag + len(reference)]
result = {"lag_ms": lag / 16, "correlation": correlation, "whole": len(piece) == len(reference)}
result["pesq"] = float(pesq(16000, reference[: len(piece)], piece, "wb")) if len(piece) > 8000 else 0.0
if len(sys.argv) > 3:
    result["other"] = correlate(recording, read(sys.argv[3]))[1]
print(json.dumps(result))
