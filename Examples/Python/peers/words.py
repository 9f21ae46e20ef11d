"""Words by vector and spelling, each different word of a batch once: what the examples call a `WordReader`."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence


def numbered(things, at_least=1):
    """Numbers from 1 for what occurs so often, 0 for all else."""
    counts = {}
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
    known = sorted((t for t in counts if counts[t] >= at_least), key=lambda t: (-counts[t], t))
    return {thing: number for number, thing in enumerate(known, 1)}


class Lexicon:
    def __init__(self, sentences):
        self.words = numbered((word.lower() for words in sentences for word in words), at_least=2)
        self.characters = numbered(c for words in sentences for word in words for c in word)

    def spelled(self, sentences):
        """Of sentences, longest first: lengths, places [T, N], words [U], spellings [C, U] and their lengths."""
        place, words, spellings = {}, [], []
        for word in (word for sentence in sentences for word in sentence):
            if word not in place:
                place[word] = len(words)
                words.append(self.words.get(word.lower(), 0))
                spellings.append(torch.tensor([self.characters.get(c, 0) for c in word]))
        places = pad_sequence([torch.tensor([place[word] for word in sentence]) for sentence in sentences])
        lengths = torch.tensor([len(sentence) for sentence in sentences])
        return lengths, places, torch.tensor(words), pad_sequence(spellings), torch.tensor([len(s) for s in spellings])


class WordReader(nn.Module):
    output_size = 164

    def __init__(self, lexicon, deviation=0.1):
        super().__init__()
        self.words = nn.Embedding(len(lexicon.words) + 1, 100)
        self.characters = nn.Embedding(len(lexicon.characters) + 1, 32)
        self.speller = nn.LSTM(32, 32, bidirectional=True)
        for embedding in (self.words, self.characters):
            nn.init.normal_(embedding.weight, std=deviation)

    def forward(self, places, words, spellings, spelling_lengths, forgetting=0.0):
        if self.training and forgetting:
            words = words.masked_fill(torch.rand(words.shape) < forgetting, 0)
        packed = pack_padded_sequence(self.characters(spellings), spelling_lengths, enforce_sorted=False)
        _, (hidden, _) = self.speller(packed)
        return torch.cat([self.words(words), hidden[0], hidden[1]], dim=-1)[places]


def falling(optimizer, steps):
    """A learning rate that falls to 0 in a straight line."""
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.0, 1 - step / steps))
