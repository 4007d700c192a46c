"""The API reference: a page at `/docs` that shows the API's documents and sends requests.

The page is made by Scalar, whose files are part of the project (`scalar.zip`, see `scalar.json`), so the page works
offline and asks no other host for anything. `page.html`, `page.css` and `page.js` add the sign-in form.
"""
