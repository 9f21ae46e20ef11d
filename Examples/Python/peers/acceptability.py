#!/usr/bin/env python3
"""The example `acceptability` in PyTorch: the same model, settings and data.

    acceptability write --data DATA --seed 1 FOLDER
    python3 acceptability.py FOLDER [--epochs 4] [--seed 1] [--threads 2]

Needs torch. The folder has train.tsv, dev.tsv and test.tsv: lines of a label, a tab and the words of a sentence.
"""

import argparse
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from batches import length_batches


def read(path):
    """Sentences: (label, words)."""
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [(int(label), words.split(" ")) for label, words in rows]


def vocabulary(sentences):
    """Numbers from 1 for words that stand in two whole sentences or twice in one; 0 is for all else."""
    counts = {}
    for words in {tuple(words) for label, words in sentences if label == 1}:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return {word: number for number, word in enumerate(sorted(w for w in counts if counts[w] > 1), 1)}


class Classifier(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.Embedding(words, 100)
        self.lstm = nn.LSTM(100, 128, bidirectional=True)
        self.dense = nn.Linear(256, 2)
        self.dropout = nn.Dropout(0.5)

    def forward(self, words, lengths):
        packed = pack_padded_sequence(self.dropout(self.embedding(words)), lengths)
        output, _ = pad_packed_sequence(self.lstm(packed)[0], padding_value=float("-inf"))
        return self.dense(self.dropout(output.amax(0)))


def batch(sentences, numbers):
    sentences = sorted(sentences, key=lambda sentence: -len(sentence[1]))
    words = pad_sequence([torch.tensor([numbers.get(w, 0) for w in words]) for _, words in sentences])
    labels = torch.tensor([label for label, _ in sentences])
    return labels, words, torch.tensor([len(words) for _, words in sentences])


def accuracy(model, sentences, numbers):
    model.eval()
    right = 0
    ordered = sorted(sentences, key=lambda sentence: len(sentence[1]))
    with torch.no_grad():
        for start in range(0, len(ordered), 64):
            labels, words, lengths = batch(ordered[start:start + 64], numbers)
            right += (model(words, lengths).argmax(-1) == labels).sum().item()
    return right / len(sentences)


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
    numbers = vocabulary(train)
    model = Classifier(len(numbers) + 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    best = (0, 0)
    for epoch in range(arguments.epochs):
        start = time.monotonic()
        model.train()
        for chosen in length_batches([len(words) for _, words in train], 32, arguments.seed, epoch):
            labels, words, lengths = batch([train[n] for n in chosen], numbers)
            loss = nn.functional.cross_entropy(model(words, lengths), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds = time.monotonic() - start
        result = (accuracy(model, dev, numbers), accuracy(model, test, numbers))
        best = max(best, result)
        print(f"epoch {epoch + 1}: {seconds:.1f} s  dev {result[0]:.4f}  test {result[1]:.4f}", flush=True)
    print(f"best by dev: dev {best[0]:.4f}  test {best[1]:.4f}")


if __name__ == "__main__":
    main()
