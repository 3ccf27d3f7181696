"""Stops the images of a scout round early, saves what finishing them needs, and finishes them exactly.

What is saved is what the denoiser returned. An image is finished by the usual call from its seed, in which the
denoiser's first answers are the saved ones: no state of a scheduler or a generator is saved, and pipelines need no
other hook.
"""
