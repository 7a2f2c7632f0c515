"""Small models that translate: one of NLLB's kind that has learnt two ciphers, and untrained ones of other families."""

import random
import warnings

import torch
from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

LETTERS = "abcdefghijkl"


def cipher(text, target):
    """What the trained model makes of letters: capitals in German, the next letter in French."""
    if target == "deu_Latn":
        return text.upper()
    return " ".join(LETTERS[(LETTERS.index(word) + 1) % len(LETTERS)] for word in text.split())


def sentences(count, *, seed):
    draw = random.Random(seed)
    return [" ".join(draw.choices(LETTERS, k=draw.randint(2, 5))) for _ in range(count)]


def nllb_tokenizer():
    """NLLB's tokenizer over words of one letter."""
    vocabulary = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "▁": 4}
    every = LETTERS + LETTERS.upper()
    vocabulary |= {letter: 5 + place for place, letter in enumerate(every)}
    vocabulary |= {"▁" + letter: 5 + len(every) + place for place, letter in enumerate(every)}
    return NllbTokenizer(vocab=vocabulary, merges=[("▁", letter) for letter in every])


def small_config(kind, words, **more):
    """A configuration of a model of one layer; attention is learnt soon from weights of this size."""
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes |= {"d_model": 64, "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "max_position_embeddings": 64}
    drops = dict.fromkeys(("dropout", "attention_dropout", "activation_dropout"), 0.0)
    drops |= {"encoder_layerdrop": 0.0, "decoder_layerdrop": 0.0, "init_std": 0.1}
    marks = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    return kind(vocab_size=words, **(sizes | drops | marks | more))


def train_ciphers(folder, *, steps=150, rate=5e-3):
    """Train a model of NLLB's kind on both ciphers and save it."""
    torch.manual_seed(0)
    tokenizer = nllb_tokenizer()
    tokenizer.src_lang = "eng_Latn"
    model = M2M100ForConditionalGeneration(small_config(M2M100Config, len(tokenizer), scale_embedding=True))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for step in range(steps):
        texts = sentences(32, seed=step)
        targets = ["deu_Latn" if i % 2 else "fra_Latn" for i in range(len(texts))]
        labels = [
            [
                tokenizer.convert_tokens_to_ids(target),
                *tokenizer(cipher(text, target), add_special_tokens=False)["input_ids"],
                tokenizer.eos_token_id,
            ]
            for text, target in zip(texts, targets, strict=True)
        ]
        inputs = tokenizer(texts, padding=True, return_tensors="pt")
        model(**inputs, labels=padded(labels, -100)).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    save(model.eval(), tokenizer, folder)


def padded(rows, filler):
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def save(model, tokenizer, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
