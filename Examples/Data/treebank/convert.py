"""Makes train.tsv, dev.tsv and test.tsv of the .conllu files of UD English EWT, as SOURCE says.

python3 convert.py UD_English-EWT FOLDER
"""
import pathlib
import sys

source, folder = map(pathlib.Path, sys.argv[1:])
folder.mkdir(parents=True, exist_ok=True)
for part in ["train", "dev", "test"]:
    text = (source / f"en_ewt-ud-{part}.conllu").read_text(encoding="utf-8")
    sentences = []
    for block in text.strip("\n").split("\n\n"):
        fields = [line.split("\t") for line in block.split("\n") if not line.startswith("#")]
        # Numbers alone: 1-2 is a range of words, 1.1 an empty node.
        sentences.append("".join(f"{field[1]}\t{field[3]}\n" for field in fields if field[0].isdigit()))
    (folder / f"{part}.tsv").write_text("".join(f"{sentence}\n" for sentence in sentences), encoding="utf-8")
    print(f"{part}: {len(sentences)} sentences")
