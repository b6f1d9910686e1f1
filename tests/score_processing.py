#!/usr/bin/env python3
"""Scores processed voices: one job a line, fields divided by tabs; one line of figures for each on standard output.

    st|dt|nst FAR MIC OUT   AECMOS: echo, other degradation (st: far voice alone, dt: both, nst: near voice alone)
    noise OUT               DNSMOS: voice, background, overall

Needs the virtual environment that tests/setup.sh makes. Files are 48 kHz mono WAV.
"""
import contextlib
import logging
import sys

import numpy
import soundfile
from scipy.signal import resample_poly
from speechmos import aecmos, dnsmos

RATE = 16000


def read(path):
    sound, rate = soundfile.read(path, dtype="float32")
    return numpy.clip(resample_poly(sound, RATE, rate), -1, 1).astype("float32")


def main(jobs):
    logging.disable(logging.WARNING)
    for line in open(jobs, encoding="utf-8"):
        kind, *files = line.rstrip("\n").split("\t")
        sounds = [read(f) for f in files]
        with contextlib.redirect_stdout(sys.stderr):
            if kind == "noise":
                score = dnsmos.run(sounds[0], RATE)
                figures = [score["sig_mos"], score["bak_mos"], score["ovrl_mos"]]
            else:
                length = min(len(s) for s in sounds)
                far, mic, out = (s[:length] for s in sounds)
                score = aecmos.run({"lpb": far, "mic": mic, "enh": out}, RATE, talk_type=kind)
                figures = [score["echo_mos"], score["deg_mos"]]
        print("\t".join(f"{f:.4f}" for f in figures), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
