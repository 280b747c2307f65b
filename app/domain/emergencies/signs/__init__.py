"""The table of signs by which an emergency is recognised."""

from app.domain.emergencies.signs.table import (
    EmergencyKind as EmergencyKind,
    Sign as Sign,
    SignTable as SignTable,
    load_table as load_table,
)
