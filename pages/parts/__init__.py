"""Pieces that pages share: words for readings, cards, tables, the scope bar."""
