"""Ask, keep, score: guesses, cards and what a reader did. Knows nothing of embeddings."""
