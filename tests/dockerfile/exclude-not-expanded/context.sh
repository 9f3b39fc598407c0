mkdir d; echo a >d/a; echo b >'d/$V'
