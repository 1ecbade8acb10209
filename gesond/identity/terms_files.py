"""The PDF files of the terms: made by a job when a version is published, or once, by the first who asks."""
