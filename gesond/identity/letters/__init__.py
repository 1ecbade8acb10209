"""Letters on paper: their pages (`activation.typ`, `notice.typ`), words and printing. No database is touched here."""
