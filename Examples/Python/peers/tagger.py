#!/usr/bin/env python3
"""The example `tagger` in PyTorch: the same model, settings and data.

    python3 tagger.py DATA [--epochs 4] [--seed 1] [--threads 2]

Needs torch. Each different word of a batch is spelled once here, too, and no padding is computed (packed sequences).
"""

import argparse
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from batches import length_batches


def read(path):
    """Sentences: lists of (word, tag)."""
    with open(path, encoding="utf-8") as file:
        blocks = file.read().strip("\n").split("\n\n")
    return [[tuple(line.split("\t")) for line in block.split("\n")] for block in blocks]


def numbered(things, at_least=1):
    """Numbers from 1 for what occurs so often, 0 for all else."""
    counts = {}
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
    known = sorted((t for t in counts if counts[t] >= at_least), key=lambda t: (-counts[t], t))
    return {thing: number for number, thing in enumerate(known, 1)}


class Tagger(nn.Module):
    def __init__(self, words, characters, tags):
        super().__init__()
        self.words = nn.Embedding(words, 100)
        self.characters = nn.Embedding(characters, 32)
        self.speller = nn.LSTM(32, 32, bidirectional=True)
        self.lstm = nn.LSTM(164, 128, bidirectional=True)
        self.dense = nn.Linear(256, tags)
        self.dropout = nn.Dropout(0.4)

    def forward(self, words, lengths, places, spellings, spelling_lengths):
        packed = pack_padded_sequence(self.characters(spellings), spelling_lengths, enforce_sorted=False)
        _, (hidden, _) = self.speller(packed)
        spelled = torch.cat([hidden[0], hidden[1]], dim=-1)
        features = self.dropout(torch.cat([self.words(words), spelled[places]], dim=-1))
        output, _ = self.lstm(pack_padded_sequence(features, lengths))
        return self.dense(self.dropout(pad_packed_sequence(output)[0]))


class Batches:
    """Sentences as the model reads them, longest first."""

    def __init__(self, words, characters, tags):
        self.words, self.characters, self.tags = words, characters, tags

    def __call__(self, sentences):
        sentences = sorted(sentences, key=len, reverse=True)
        place, spellings = {}, []
        for word, _ in (pair for sentence in sentences for pair in sentence):
            if word not in place:
                place[word] = len(spellings)
                spellings.append(torch.tensor([self.characters.get(c, 0) for c in word]))
        rows = lambda number: pad_sequence([torch.tensor([number(p) for p in s]) for s in sentences])
        tags = pad_sequence([torch.tensor([self.tags[t] for _, t in s]) for s in sentences], padding_value=-100)
        return tags, (
            rows(lambda pair: self.words.get(pair[0].lower(), 0)), torch.tensor([len(s) for s in sentences]),
            rows(lambda pair: place[pair[0]]), pad_sequence(spellings), torch.tensor([len(s) for s in spellings]))


def accuracy(model, batches, sentences):
    model.eval()
    right = count = 0
    ordered = sorted(sentences, key=len)
    with torch.no_grad():
        for start in range(0, len(ordered), 64):
            tags, inputs = batches(ordered[start:start + 64])
            known = tags >= 0
            right += (model(*inputs).argmax(-1) == tags)[known].sum().item()
            count += known.sum().item()
    return right / count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    train, dev, test = (read(f"{arguments.data}/{name}.tsv") for name in ("train", "dev", "test"))
    words = numbered((word.lower() for s in train for word, _ in s), at_least=2)
    characters = numbered(c for s in train for word, _ in s for c in word)
    tags = {tag: number for number, tag in enumerate(sorted({tag for s in train + dev + test for _, tag in s}))}
    batches = Batches(words, characters, tags)
    model = Tagger(len(words) + 1, len(characters) + 1, len(tags))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(arguments.epochs):
        start = time.monotonic()
        model.train()
        for numbers in length_batches([len(s) for s in train], 32, arguments.seed, epoch):
            labels, inputs = batches([train[n] for n in numbers])
            loss = nn.functional.cross_entropy(model(*inputs).flatten(0, 1), labels.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds = time.monotonic() - start
        print(f"epoch {epoch + 1}: {seconds:.1f} s  dev {accuracy(model, batches, dev):.4f}"
              f"  test {accuracy(model, batches, test):.4f}", flush=True)


if __name__ == "__main__":
    main()
