#!/usr/bin/env python3
"""The example `tagger` in PyTorch: the same model, settings and data.

    python3 tagger.py DATA [--epochs 8] [--seed 1] [--threads 2]

Needs torch. Each different word of a batch is spelled once here, too, and no padding is computed (packed sequences).
"""

import argparse
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from batches import length_batches
from words import Lexicon, WordReader, falling


def read(path):
    """Sentences: pairs of words and tags."""
    with open(path, encoding="utf-8") as file:
        blocks = file.read().strip("\n").split("\n\n")
    return [tuple(zip(*(line.split("\t") for line in block.split("\n")))) for block in blocks]


class Tagger(nn.Module):
    def __init__(self, lexicon, tags):
        super().__init__()
        self.reader = WordReader(lexicon)
        self.lstm = nn.LSTM(self.reader.output_size, 128, bidirectional=True)
        self.dense = nn.Linear(256, tags)
        self.dropout = nn.Dropout(0.4)

    def forward(self, lengths, *spelled):
        packed = pack_padded_sequence(self.dropout(self.reader(*spelled)), lengths)
        return self.dense(self.dropout(pad_packed_sequence(self.lstm(packed)[0])[0]))


def batch(sentences, lexicon, numbers):
    sentences = sorted(sentences, key=lambda sentence: -len(sentence[0]))
    tags = pad_sequence([torch.tensor([numbers[t] for t in tags]) for _, tags in sentences], padding_value=-100)
    return tags, lexicon.spelled([words for words, _ in sentences])


def accuracy(model, sentences, lexicon, numbers):
    model.eval()
    right = count = 0
    ordered = sorted(sentences, key=lambda sentence: len(sentence[0]))
    with torch.no_grad():
        for start in range(0, len(ordered), 64):
            tags, inputs = batch(ordered[start:start + 64], lexicon, numbers)
            known = tags >= 0
            right += (model(*inputs).argmax(-1) == tags)[known].sum().item()
            count += known.sum().item()
    return right / count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    train, dev, test = (read(f"{arguments.data}/{name}.tsv") for name in ("train", "dev", "test"))
    lexicon = Lexicon([words for words, _ in train])
    numbers = {tag: number for number, tag in enumerate(sorted({t for _, tags in train + dev + test for t in tags}))}
    model = Tagger(lexicon, len(numbers))
    epochs = [length_batches([len(words) for words, _ in train], 32, arguments.seed, epoch)
              for epoch in range(arguments.epochs)]
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = falling(optimizer, sum(map(len, epochs)))
    for epoch, batches in enumerate(epochs):
        start = time.monotonic()
        model.train()
        for chosen in batches:
            tags, inputs = batch([train[n] for n in chosen], lexicon, numbers)
            loss = nn.functional.cross_entropy(model(*inputs).flatten(0, 1), tags.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        seconds = time.monotonic() - start
        print(f"epoch {epoch + 1}: {seconds:.1f} s  dev {accuracy(model, dev, lexicon, numbers):.4f}"
              f"  test {accuracy(model, test, lexicon, numbers):.4f}", flush=True)


if __name__ == "__main__":
    main()
