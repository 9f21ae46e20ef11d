"""Makes pairs of sentences of BLiMP's .jsonl files, as SOURCE says.

python3 convert.py FOLDER data/determiner_noun_agreement_1.jsonl ...
"""
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for source in map(pathlib.Path, sys.argv[2:]):
    with open(source, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    lines = [f"{pair['sentence_good']}\t{pair['sentence_bad']}\n" for pair in pairs]
    (folder / f"{source.stem}.tsv").write_text("".join(lines), encoding="utf-8")
    print(f"{source.stem}: {len(lines)} pairs")
