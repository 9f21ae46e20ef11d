"""Makes train.tsv, dev.tsv and test.tsv of movieReviewSnippets_GroundTruth.txt, as SOURCE says.

python3 convert.py movieReviewSnippets_GroundTruth.txt FOLDER
"""
import pathlib
import sys

source, folder = sys.argv[1], pathlib.Path(sys.argv[2])
parts = {"train": [], "dev": [], "test": []}
for line in open(source, encoding="utf-8"):
    number, rating, sentence = line.rstrip("\n").split("\t")
    if abs(float(rating)) < 0.5:  # neither praise nor the contrary
        continue
    part = {0: "test", 1: "dev"}.get(int(number) % 10, "train")
    parts[part].append(f"{int(float(rating) > 0)}\t{sentence}\n")
folder.mkdir(parents=True, exist_ok=True)
for part, lines in parts.items():
    (folder / f"{part}.tsv").write_text("".join(lines), encoding="utf-8")
    print(f"{part}: {len(lines)} sentences")
