"""The terms of use: the first version's text, the page and the PDF files."""
