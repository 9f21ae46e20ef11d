"""Batches of sequences of similar length, in a new order every epoch: as the library's `LengthBatches` makes them."""

import random


def length_batches(lengths, size, seed, epoch, padding_limit=0.25):
    """The numbers of the sequences of each batch, longest first."""
    generator = random.Random(f"{seed} {epoch}")
    order = list(range(len(lengths)))
    generator.shuffle(order)
    batches = []
    for start in range(0, len(order), 50 * size):
        batch, filled = [], 0
        for sequence in sorted(order[start:start + 50 * size], key=lambda n: -lengths[n]):
            positions = (len(batch) + 1) * lengths[batch[0] if batch else sequence]
            padding = positions - filled - lengths[sequence]
            if len(batch) == size or padding > padding_limit * positions:
                batches.append(batch)
                batch, filled = [], 0
            batch.append(sequence)
            filled += lengths[sequence]
        if batch:
            batches.append(batch)
    generator.shuffle(batches)
    return batches
