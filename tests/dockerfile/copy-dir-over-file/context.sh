mkdir -p d/f; echo new >d/f/g
