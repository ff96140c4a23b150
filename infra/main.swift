import ArgumentParser
print("infra")
