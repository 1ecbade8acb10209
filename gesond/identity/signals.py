"""What identity tells whoever listens, after the commit."""

from django.dispatch import Signal

# A batch of letters is whole: printed, in its manifest, ready for the post. Sent with `batch` (LetterBatch).
letters_printed = Signal()
