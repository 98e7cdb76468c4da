"""Pay: what a month comes to in rupiah, told line by line to whom it concerns and handed over to payroll."""
