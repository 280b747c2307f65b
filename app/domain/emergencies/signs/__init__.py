"""The table of signs for recognizing emergencies."""

from app.domain.emergencies.signs.table import (
    EmergencyKind as EmergencyKind,
    Sign as Sign,
    SignTable as SignTable,
    load_table as load_table,
)
