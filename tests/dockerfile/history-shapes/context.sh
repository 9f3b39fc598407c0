echo a >a.txt; mkdir d
