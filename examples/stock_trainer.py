"""An interlingua objective in the stock SentenceTransformerTrainer, on a plain data set of two columns.

python examples/stock_trainer.py
"""

import argparse
from tempfile import TemporaryDirectory

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments

from interlingua import open_corpus
from interlingua.encoder import static_student
from interlingua.objectives.presets import labse
from interlingua.training import EncoderLoss, check_columns


def main(steps: int = 40, rows: int = 64) -> list[float]:
    """Train on English and German; return the loss at the first and at the last logged step."""
    torch.set_num_threads(1)
    corpus = open_corpus("phrasebook").select(["eng", "deu"], split="train")
    english, german = corpus.pairs("eng", "deu")
    data = Dataset.from_dict({"eng_Latn": english, "deu_Latn": german})
    student = static_student(corpus, vocabulary=4000, dimension=128, initialise="random")
    loss = EncoderLoss(student, labse(temperature=0.1, margin=0.2), views=data.column_names)
    check_columns(data.column_names, loss)  # would refuse three languages in a stock loss
    with TemporaryDirectory() as folder:
        trainer = SentenceTransformerTrainer(
            model=student,
            args=SentenceTransformerTrainingArguments(
                folder,
                max_steps=steps,
                per_device_train_batch_size=rows,
                learning_rate=0.01,
                logging_steps=10,
                save_strategy="no",
                dataloader_pin_memory=False,
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=data,
            loss=loss,
        )
        trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    print(f"loss {losses[0]:.3f} in the first ten steps, {losses[-1]:.3f} in the last ten")
    return [losses[0], losses[-1]]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=40)
    main(parser.parse_args().steps)
