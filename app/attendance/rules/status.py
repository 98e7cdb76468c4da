"""What a day turned out to be, in one word."""

from enum import StrEnum


class Status(StrEnum):
    """What a day turned out to be. `assigned`: a letter proves it by itself.

    `not_yet`: nothing has come in and something still may, which is not absence.
    """

    PRESENT = "present"
    ABSENT = "absent"
    LEAVE = "leave"
    ASSIGNED = "assigned"
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    DISPENSATION = "dispensation"
    OFF = "off"
    INCIDENT = "incident"
    NOT_YET = "not_yet"
