"""The distribution of each trait among the persons that are drawn.

Shares are relative weights: they need not sum to 1.
"""

GENDERS = {"F": 0.67, "M": 0.33}
CAR_OWNERS = {"Y": 0.38, "N": 0.62}
REALTY_OWNERS = {"Y": 0.67, "N": 0.33}
WORK_PHONES = {0: 0.77, 1: 0.23}
PHONES = {0: 0.71, 1: 0.29}
EMAILS = {0: 0.91, 1: 0.09}
INCOME_TYPES = {
    "Working": 0.62,
    "Commercial associate": 0.28,
    "State servant": 0.099,
    "Student": 0.001,
}
EDUCATION_TYPES = {
    "Secondary / secondary special": 0.68,
    "Higher education": 0.27,
    "Incomplete higher": 0.038,
    "Lower secondary": 0.011,
    "Academic degree": 0.001,
}
FAMILY_STATUSES = {
    "Married": 0.69,
    "Single / not married": 0.13,
    "Civil marriage": 0.08,
    "Separated": 0.06,
    "Widow": 0.04,
}
HOUSING_TYPES = {
    "House / apartment": 0.89,
    "With parents": 0.05,
    "Municipal apartment": 0.03,
    "Rented apartment": 0.016,
    "Office apartment": 0.008,
    "Co-op apartment": 0.006,
}
CHILDREN = {0: 0.69, 1: 0.2, 2: 0.09, 3: 0.017, 4: 0.002, 5: 0.001}
OCCUPATIONS = {
    "Laborers": 0.24,
    "Core staff": 0.14,
    "Sales staff": 0.135,
    "Managers": 0.12,
    "Drivers": 0.085,
    "High skill tech staff": 0.055,
    "Accountants": 0.05,
    "Medicine staff": 0.047,
    "Cooking staff": 0.027,
    "Security staff": 0.024,
    "Cleaning staff": 0.023,
    "Private service staff": 0.014,
    "Low-skill Laborers": 0.012,
    "Waiters/barmen staff": 0.01,
    "Secretaries": 0.008,
    "HR staff": 0.004,
    "Realty agents": 0.004,
    "IT staff": 0.002,
}
