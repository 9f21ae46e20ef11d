#!/usr/bin/env python3
"""The example `acceptability` in PyTorch: the same model, settings and data.

    acceptability write --data DATA --seed 1 FOLDER
    python3 acceptability.py FOLDER [--epochs 4] [--seed 1] [--threads 2]

Needs torch. Each different word of a batch is spelled once here, too, and no padding is computed (packed sequences).
"""

import argparse
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from batches import length_batches
from words import Lexicon, WordReader, falling


def read(path):
    """Pairs of a whole sentence and a broken one, each its words and the places of its breaks."""
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    sentences = [(words.split(" "), [int(place) for place in breaks.split()]) for _, words, breaks in rows]
    return list(zip(sentences[::2], sentences[1::2]))


class Judge(nn.Module):
    def __init__(self, lexicon):
        super().__init__()
        self.reader = WordReader(lexicon)
        self.lstm = nn.LSTM(self.reader.output_size, 128, bidirectional=True)
        self.dense = nn.Linear(256, 1)
        self.dropout = nn.Dropout(0.3)

    def forward(self, lengths, *spelled):
        """How much each word looks out of place, [T, N]: −∞ past the end of a sentence."""
        packed = pack_padded_sequence(self.dropout(self.reader(*spelled, forgetting=0.1)), lengths)
        suspicion = self.dense(self.dropout(pad_packed_sequence(self.lstm(packed)[0])[0])).squeeze(-1)
        past = torch.arange(len(suspicion))[:, None] >= lengths[None]
        return suspicion.masked_fill(past, float("-inf"))


def batch(pairs, lexicon):
    sentences = sorted((s for pair in pairs for s in pair), key=lambda sentence: -len(sentence[0]))
    breaks = torch.zeros(len(sentences[0][0]), len(sentences))
    for row, (_, places) in enumerate(sentences):
        breaks[places, row] = 1
    return breaks, lexicon.spelled([words for words, _ in sentences])


def loss(suspicion, breaks):
    entropy = nn.functional.binary_cross_entropy_with_logits
    words = suspicion > float("-inf")
    return entropy(suspicion.amax(0), breaks.amax(0)) + entropy(suspicion[words], breaks[words])


def accuracy(model, pairs, lexicon):
    model.eval()
    right = 0
    ordered = sorted(pairs, key=lambda pair: len(pair[0][0]))
    with torch.no_grad():
        for start in range(0, len(ordered), 32):
            breaks, inputs = batch(ordered[start:start + 32], lexicon)
            right += ((model(*inputs).amax(0) > 0) == (breaks.amax(0) > 0)).sum().item()
    return right / (2 * len(pairs))


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
    lexicon = Lexicon([list(words) for words in dict.fromkeys(tuple(whole[0]) for whole, _ in train)])
    model = Judge(lexicon)
    epochs = [length_batches([len(whole[0]) for whole, _ in train], 16, arguments.seed, epoch)
              for epoch in range(arguments.epochs)]
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = falling(optimizer, sum(map(len, epochs)))
    best = (0, 0)
    for epoch, batches in enumerate(epochs):
        start = time.monotonic()
        model.train()
        for chosen in batches:
            breaks, inputs = batch([train[n] for n in chosen], lexicon)
            optimizer.zero_grad()
            loss(model(*inputs), breaks).backward()
            optimizer.step()
            schedule.step()
        seconds = time.monotonic() - start
        result = (accuracy(model, dev, lexicon), accuracy(model, test, lexicon))
        best = max(best, result)
        print(f"epoch {epoch + 1}: {seconds:.1f} s  dev {result[0]:.4f}  test {result[1]:.4f}", flush=True)
    print(f"best by dev: dev {best[0]:.4f}  test {best[1]:.4f}")


if __name__ == "__main__":
    main()
