"""JudgeTone: the tone of each passage."""
