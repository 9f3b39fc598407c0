n=$(printf %0200d 1)
mkdir -p d/$n/$n; echo a >d/$n/$n/$n
