#!/usr/bin/env python3
"""The example `acceptability` in PyTorch: the same model, settings and data.

    acceptability write --data DATA --seed 1 FOLDER
    python3 acceptability.py FOLDER [--epochs 2] [--seed 1] [--threads 2]

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
    """Pairs of a whole sentence and a broken one, each its words, their tags, and the places of its breaks."""
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    sentences = [(words.split(" "), tags.split(" "), [int(n) for n in breaks.split()]) for words, tags, breaks in rows]
    return list(zip(sentences[::2], sentences[1::2]))


class Judge(nn.Module):
    def __init__(self, lexicon, tags):
        super().__init__()
        self.reader = WordReader(lexicon, deviation=0.3)
        self.lstm = nn.LSTM(self.reader.output_size, 128, num_layers=2, bidirectional=True)
        self.dense = nn.Linear(256, 1 + tags)
        self.dropout = nn.Dropout(0.2)

    def forward(self, lengths, *spelled):
        """How much each word looks out of place, [T, N], −∞ past the end of a sentence; and logits of its tags."""
        packed = pack_padded_sequence(self.dropout(self.reader(*spelled, forgetting=0.1)), lengths)
        output = self.dense(self.dropout(pad_packed_sequence(self.lstm(packed)[0])[0]))
        past = torch.arange(len(output))[:, None] >= lengths[None]
        return output[..., 0].masked_fill(past, float("-inf")), output[..., 1:]


def batch(pairs, lexicon, numbers):
    sentences = sorted((s for pair in pairs for s in pair), key=lambda sentence: -len(sentence[0]))
    breaks = torch.zeros(len(sentences[0][0]), len(sentences))
    for row, (_, _, places) in enumerate(sentences):
        breaks[places, row] = 1
    tags = pad_sequence([torch.tensor([numbers[t] for t in tags]) for _, tags, _ in sentences], padding_value=-100)
    return breaks, tags, lexicon.spelled([words for words, _, _ in sentences])


def loss(output, breaks, tags):
    entropy = nn.functional.binary_cross_entropy_with_logits
    suspicion, tag_logits = output
    words = suspicion > float("-inf")
    return (entropy(suspicion.amax(0), breaks.amax(0)) + entropy(suspicion[words], breaks[words])
            + nn.functional.cross_entropy(tag_logits.flatten(0, 1), tags.flatten()))


def accuracy(model, pairs, lexicon, numbers):
    model.eval()
    right = 0
    ordered = sorted(pairs, key=lambda pair: len(pair[0][0]))
    with torch.no_grad():
        for start in range(0, len(ordered), 32):
            breaks, _, inputs = batch(ordered[start:start + 32], lexicon, numbers)
            right += ((model(*inputs)[0].amax(0) > 0) == (breaks.amax(0) > 0)).sum().item()
    return right / (2 * len(pairs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    train, dev, test = (read(f"{arguments.data}/{name}.tsv") for name in ("train", "dev", "test"))
    lexicon = Lexicon([list(words) for words in dict.fromkeys(tuple(whole[0]) for whole, _ in train)])
    tags = sorted({tag for pair in train + dev + test for sentence in pair for tag in sentence[1]})
    numbers = {tag: number for number, tag in enumerate(tags)}
    model = Judge(lexicon, len(tags))
    epochs = [length_batches([len(whole[0]) for whole, _ in train], 16, arguments.seed, epoch)
              for epoch in range(arguments.epochs)]
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = falling(optimizer, sum(map(len, epochs)))
    best = (0, 0)
    for epoch, batches in enumerate(epochs):
        start = time.monotonic()
        model.train()
        for chosen in batches:
            breaks, tags, inputs = batch([train[n] for n in chosen], lexicon, numbers)
            optimizer.zero_grad()
            loss(model(*inputs), breaks, tags).backward()
            optimizer.step()
            schedule.step()
        seconds = time.monotonic() - start
        result = (accuracy(model, dev, lexicon, numbers), accuracy(model, test, lexicon, numbers))
        best = max(best, result)
        print(f"epoch {epoch + 1}: {seconds:.1f} s  dev {result[0]:.4f}  test {result[1]:.4f}", flush=True)
    print(f"best by dev: dev {best[0]:.4f}  test {best[1]:.4f}")


if __name__ == "__main__":
    main()
