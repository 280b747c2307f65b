"""The table of signs by which an emergency is recognised."""

from app.domain.emergencies.signs.table import Kind as Kind, Sign as Sign, Table as Table, read_table as read_table
