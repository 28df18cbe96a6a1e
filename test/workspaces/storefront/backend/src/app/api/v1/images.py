from fastapi import APIRouter

from ...core.utils import queue

router = APIRouter(prefix="/images", tags=["images"])


@router.post("/{image_id}/thumbnail")
async def thumbnail(image_id: int) -> dict[str, str]:
    job = await queue.pool.enqueue_job("resize_image", image_id, width=320)
    return {"id": job.job_id}


@router.post("/{image_id}/rotate")
async def rotate(image_id: int) -> dict[str, str]:
    # Nobody has written this task yet.
    job = await queue.pool.enqueue_job("rotate_image", image_id)
    return {"id": job.job_id}
