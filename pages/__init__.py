"""What people see: one module a page (TITLE, ICON, URL, render), and the parts pages share."""
