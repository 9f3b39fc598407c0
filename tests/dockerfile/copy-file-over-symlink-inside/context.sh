mkdir d; echo new >d/f
