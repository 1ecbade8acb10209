"""What identity tells whoever listens: after the commit where nothing else is said."""

from django.dispatch import Signal

# A batch of letters is whole: printed, in its manifest, ready for the post. Sent with `batch` (LetterBatch).
letters_printed = Signal()

# The registry's file was loaded and persons it changed may have other names now. Sent inside the transaction.
registry_imported = Signal()
