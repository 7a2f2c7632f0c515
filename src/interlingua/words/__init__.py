"""PAIRS -> LINKS: cutting texts into words, and finding which words of two sentences translate each other.

Names are loaded when they are first used: matching and formats need no torch.
"""
