from .api.v1.images import router
from .core.setup import create_application

app = create_application()
app.include_router(router)
