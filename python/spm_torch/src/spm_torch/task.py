"""What a model was trained for, as SPM's files have it in their metadata beside the model."""

from __future__ import annotations

import os
from pathlib import Path

from .models import Fields
from .schedule import check_whole


def vocabulary_of(text: str) -> str:
    """The characters of a text, each once, in the order of their code points: of their tokens."""
    return "".join(sorted(set(text)))


def text_task(file: str | os.PathLike[str], context: int, vocabulary: str | None = None) -> Fields:
    """The task of a model of text: for `spm sample`, and for `spm eval` on a text's last tenth.

    :param file: the text, UTF-8
    :param context: how many characters the model sees, of a Gpt at most
    :param vocabulary: the characters in the order of their tokens; default those of the text
    """
    check_whole("text_task", context=context)
    path = os.path.abspath(file)
    known = vocabulary_of(Path(path).read_bytes().decode()) if vocabulary is None else vocabulary
    classes = len(known)
    options = {"dataset": "text", "file": path, "context": context}
    return {
        **{"schema": 1, "task": "classification", "features": context * classes},
        **{"classes": classes, "vocabulary": known},
        "run": {"options": options, "digests": {"train": None, "test": None}},
    }
