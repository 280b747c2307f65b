"""The table of signs for recognizing emergencies."""

from app.domain.emergencies.signs.table import (
    CLASS_FILES as CLASS_FILES,
    EmergencyKind as EmergencyKind,
    EmergencySign as EmergencySign,
    EmergencySignTable as EmergencySignTable,
    load_table as load_table,
)
