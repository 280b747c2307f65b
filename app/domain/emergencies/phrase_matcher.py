"""Tokenizes text and finds the phrases of a vocabulary in one pass."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from app.domain.language.vocabulary import fold

MAX_TEXT_LENGTH = 4000
TOKEN = re.compile(r"[a-z0-9]+|[.!?;:\n]|,")
# the English verb, which would go with the German article
# "she bit into it" is no "bit of it"
BIT = re.compile(r"(?<!\ba )(?<!little )\bbit (?=(?:into|through|on|a|an|the|some) )")
DIE = re.compile(r"\b(to|wanna|gonna|rather) die\b")
# ä is folded to ae, or typed as a: both are read as a
UMLAUT = re.compile(r"([aou])e")
SENTENCE_ENDS = frozenset(".!?;:\n")
# the end of a sentence counts as a distance of so many words
SENTENCE_GAP = 2
# "no, my chest hurts" denies nothing: what follows is no noun
NO_INTERJECTION = frozenset((
    "i", "im", "my", "he", "hes", "his", "she", "shes", "her", "it", "its", "we", "were", "our", "the", "they", "theyre",
    "there", "this", "that", "a",
))  # fmt: skip
MIN_COMPOUND_LENGTH = 8

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WordNormalization:
    """`dropped` words are ignored; `same` maps a word to another."""

    dropped: frozenset[str]
    same: Mapping[str, str]


@dataclass(slots=True)
class TokenizedText:
    """Tokenized text: words, their positions (gaps between sentences count), sentences and clauses."""

    words: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    # the words including dropped ones
    spoken: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)


def normalise(text: str) -> str:
    folded = BIT.sub("bitten ", DIE.sub(r"\1 sterben", fold(text[:MAX_TEXT_LENGTH])))
    return UMLAUT.sub(r"\1", folded.replace("'s ", " ").replace("'", ""))


def tokenize(text: str, spelling: WordNormalization) -> TokenizedText:
    """Tokenize a turn: folded words without the ignored ones."""
    tokenized, place, sentence, clause, before = TokenizedText(), 0, 0, 0, ""
    for spoken, piece in enumerate(TOKEN.findall(normalise(text))):
        if piece in SENTENCE_ENDS:
            place, sentence, clause = place + SENTENCE_GAP, sentence + 1, clause + 1
        elif piece == ",":
            clause += 1
        elif piece in spelling.dropped:
            if before == "no" and piece in NO_INTERJECTION:
                tokenized.words[-1] = "nein"
        else:
            if piece in CLAUSE_WORDS:
                clause += 1
            tokenized.words.append(spelling.same.get(piece, piece))
            tokenized.places.append(place)
            tokenized.spoken.append(spoken)
            tokenized.sentences.append(sentence)
            tokenized.clauses.append(clause)
            place += 1
        before = piece
    return tokenized


CLAUSE_WORDS = frozenset((
    "und", "and", "aber", "but", "sondern", "weil", "because", "denn",
))  # fmt: skip


class _TrieNode:
    """A node of the trie; leaves share one empty dictionary to save memory."""

    __slots__ = ("ends", "exact", "lengths", "stems")

    def __init__(self) -> None:
        self.exact = self.stems = NO_CHILDREN
        self.lengths: tuple[int, ...] = ()
        self.ends: tuple[int, ...] = ()

    def child(self, word: str) -> "_TrieNode":
        if word[-1] != "*":
            if self.exact is NO_CHILDREN:
                self.exact = {}
            return self.exact.get(word) or self.exact.setdefault(word, _TrieNode())
        stem = word[:-1]
        if len(stem) not in self.lengths:
            self.lengths += (len(stem),)
        if self.stems is NO_CHILDREN:
            self.stems = {}
        return self.stems.get(stem) or self.stems.setdefault(stem, _TrieNode())

    def next(self, word: str) -> Iterator["_TrieNode"]:
        if (node := self.exact.get(word)) is not None:
            yield node
        for length in self.lengths:
            if (node := self.stems.get(word[:length])) is not None:
                yield node


NO_CHILDREN: dict[str, _TrieNode] = {}


class PhraseVocabulary:
    """Terms by number, each a set of phrases: `a/b c*` is "a" or "b" and then any word that begins with "c"; `*c` is any compound."""

    def __init__(self, spelling: WordNormalization) -> None:
        self.spelling = spelling
        self._root = _TrieNode()
        # cache of normalized words: most occur several times
        self._words: dict[str, str] = {}
        # the ends of compounds, and their terms
        self._tails: dict[str, list[int]] = {}
        self._tail: re.Pattern[str] | None = None

    def add(self, term: int, phrase: str) -> None:
        slots = phrase.split()
        if "/" not in phrase:
            self._add(term, [self._word(slot) for slot in slots])
            return
        for words in product(*([self._word(each) for each in slot.split("/")] for slot in slots)):
            self._add(term, words)

    def _add(self, term: int, words: Iterable[str]) -> None:
        terms = [word for word in words if word]
        if len(terms) == 1 and terms[0][0] == "*":
            self._tails.setdefault(terms[0].strip("*"), []).append(term)
        elif terms:
            node = self._root
            for word in terms:
                node = node.child(word)
            if term not in node.ends:
                node.ends += (term,)

    def seal(self) -> None:
        """Finish building; must run after the last phrase is added."""
        self._words.clear()
        self._tail = re.compile("|".join(sorted(map(re.escape, self._tails), key=len, reverse=True))) if self._tails else None

    def find(self, tokens: TokenizedText) -> dict[int, list[Span]]:
        """Find each term's spans, as (first word, end)."""
        spans: dict[int, list[Span]] = {}
        words = tokens.words
        for start, word in enumerate(words):
            self._walk(words, start, self._root.next(word), spans)
            if len(word) > 3 and self._tail is not None and (tail := self._tail.search(word)):
                for term in self._tails[tail[0]]:
                    spans.setdefault(term, []).append((start, start + 1))
            if start + 1 < len(words) and len(word) > 2 and len(words[start + 1]) > 2:
                self._join(word, words[start + 1], start, spans)
        return spans

    def _walk(self, words: list[str], start: int, first: Iterable[_TrieNode], spans: dict[int, list[Span]]) -> None:
        standing = list(first)
        at = start + 1
        while standing:
            for node in standing:
                for term in node.ends:
                    spans.setdefault(term, []).append((start, at))
            if at >= len(words):
                return
            standing = [after for node in standing for after in node.next(words[at])]
            at += 1

    def _join(self, first: str, second: str, start: int, spans: dict[int, list[Span]]) -> None:
        """Match compounds transcribed as two words."""
        joined = first + second
        reach = max(MIN_COMPOUND_LENGTH, len(first) + 3)
        nodes = [self._root.exact[joined]] if len(joined) >= reach and joined in self._root.exact else []
        nodes += [self._root.stems[joined[:n]] for n in self._root.lengths if reach <= n <= len(joined) and joined[:n] in self._root.stems]
        for node in nodes:
            for term in node.ends:
                spans.setdefault(term, []).append((start, start + 2))

    def _word(self, given: str) -> str:
        """Normalize a word of the table; empty for an ignored one."""
        if (normalised := self._words.get(given)) is None:
            normalised = self._words[given] = self._normalise_word(given)
        return normalised

    def _normalise_word(self, given: str) -> str:
        bare = given.strip("*")
        # most words normalize to themselves
        is_plain = bare.isascii() and bare.isalpha() and bare.islower()
        word = UMLAUT.sub(r"\1", bare) if is_plain else "".join(TOKEN.findall(normalise(bare)))
        if given.startswith("*"):
            return f"*{word}"
        if given.endswith("*"):
            return f"{word}*"
        return "" if word in self.spelling.dropped else self.spelling.same.get(word, word)
