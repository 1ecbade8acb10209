"""The activation letter: its page (`activation.typ`), its words, its printing. No database is touched here."""
