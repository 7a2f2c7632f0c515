"""interlingua: make sentence encoders agree across languages; measure, mine and show that agreement."""

__version__ = "0.1.0"
